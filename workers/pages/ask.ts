import type { Hono } from "hono";
import type { AppContext, AppEnv } from "../router.ts";
import { askApi, type FormAnswer } from "./form.ts";

/** As `askApi`, and the sign-in cookie that the API may have renewed goes out with this page's answer. */
export async function ask(
  app: Hono<AppEnv>,
  c: AppContext,
  method: string,
  path: string,
  body?: unknown,
): Promise<FormAnswer> {
  const answer = await askApi(app, c, method, path, body);
  if (answer.ok && answer.cookie !== null) c.header("Set-Cookie", answer.cookie);
  return answer;
}
