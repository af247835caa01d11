import { href, type Page } from "../../design/page.ts";

/** Why a form did not go; `again`: where a fresh sign-in is made. */
export interface FormProblem {
  text: string;
  again: string | null;
}

export function ProblemNotice({ page, problem }: { page: Page; problem: FormProblem | null }) {
  if (problem === null) return null;
  return (
    <p class="notice" role="alert">
      {problem.again === null ? problem.text : <a href={href(page, problem.again)}>{problem.text}</a>}
    </p>
  );
}
