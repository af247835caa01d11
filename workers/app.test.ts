import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { errorTitles } from "../protocol/error-titles.ts";
import { errorCodes, errors, Problem } from "../protocol/errors.ts";
import { JSON_BODY_MAX_BYTES } from "../protocol/limits.ts";
import { createApp } from "./app.ts";
import { problem } from "./http/problem.ts";

const origin = "https://sessionlinked.test";
const problemOf = async (response: Response) => Problem.parse(await response.json());

describe("the app", () => {
  test("health says which protocol it speaks", async () => {
    const response = await exports.default.fetch(`${origin}/api/v1/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true, protocolVersion: 1, protocolVersionMin: 1 });
    expect(response.headers.get("X-Request-Id")).toMatch(/^req_[0-9a-z]{20}$/);
  });

  test("the description is OpenAPI 3.1 and lists health", async () => {
    const response = await exports.default.fetch(`${origin}/openapi.json`);
    const document = await response.json<{ openapi: string; paths: Record<string, unknown> }>();
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/api/v1/health");
  });

  test("what is not there, and a method that is not answered, are problem documents", async () => {
    const missing = await exports.default.fetch(`${origin}/api/v1/nothing`);
    expect(missing.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await problemOf(missing)).toMatchObject({ code: "not-found", status: 404, type: "/problems/not-found" });
    const method = await exports.default.fetch(`${origin}/api/v1/health`, { method: "DELETE" });
    expect(method.status).toBe(405);
    expect(method.headers.get("Allow")).toBe("GET");
    expect((await problemOf(method)).requestId).toBe(method.headers.get("X-Request-Id"));
  });

  test("a body beyond the limit is refused, announced or not", async () => {
    const body = new Uint8Array(JSON_BODY_MAX_BYTES + 1);
    const announced = await exports.default.fetch(`${origin}/api/v1/health`, { method: "POST", body });
    expect(await problemOf(announced)).toMatchObject({ code: "payload-too-large" });
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const written = writer.write(body).then(() => writer.close());
    const streamed = await createApp().request("/api/v1/health", { method: "POST", body: readable }, env);
    expect(await problemOf(streamed)).toMatchObject({ code: "payload-too-large" });
    await written.catch(() => undefined);
  });

  test("a bug answers internal-error and tells nothing about itself", async () => {
    const app = createApp();
    app.get("/broken", () => {
      throw new TypeError("SELECT secret FROM table");
    });
    const response = await app.request("/broken", {}, env);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain("internal-error");
    expect(text).not.toContain("SELECT");
    expect(text).not.toContain(".ts");
  });

  test("every code has its problem document", async () => {
    const app = createApp();
    for (const code of errorCodes) app.get(`/problem/${code}`, (c) => problem(c, code));
    for (const code of errorCodes) {
      const response = await app.request(`/problem/${code}`, {}, env);
      expect(response.status).toBe(errors[code].status);
      expect(await problemOf(response)).toMatchObject({ code, title: errorTitles[code] });
    }
  });
});
