import { Button, Field } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { operatorText } from "../../i18n/operator.ts";

/** The operators' own way in. */
export function OperatorSignIn({ page, isWrong }: { page: Page; isWrong: boolean }) {
  const t = operatorText[page.language];
  return (
    <Layout page={page} title={t.signIn} desk={{ path: "/operator", name: t.title, controls: null }} hidden>
      <section class="stack">
        <h1>{t.signIn}</h1>
        <p class="lead">{t.signInLead}</p>
        {isWrong ? (
          <p class="problem" role="alert">
            {t.wrong}
          </p>
        ) : null}
        <form method="post" action={href(page, "/operator/sign-in")} class="stack" novalidate>
          <Field name="key" label={t.key} type="password" autocomplete="off" required maxLength={100} />
          <Field name="code" label={t.code} autocomplete="one-time-code" required maxLength={6} />
          <p>
            <Button label={t.signIn} />
          </p>
        </form>
      </section>
    </Layout>
  );
}
