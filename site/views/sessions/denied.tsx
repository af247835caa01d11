import { State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { inviteText } from "../../i18n/invite.ts";

/** Deleted, never joined, or never there: one page, so that a stranger learns nothing (X18). */
export function SessionDenied({ page }: { page: Page }) {
  const t = inviteText[page.language].denied;
  return (
    <Layout page={page} title={t.title} hidden>
      <State title={t.title} sentence={t.sentence} next={{ href: href(page, "/sessions"), label: t.next }} />
    </Layout>
  );
}
