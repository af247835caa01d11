import { State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { listenText } from "../../i18n/listen.ts";

/** A broadcast's link that is good for nobody any more. */
export function ListenOut({ page }: { page: Page }) {
  const t = listenText[page.language];
  return (
    <Layout page={page} title={t.outTitle} hidden>
      <State title={t.outTitle} sentence={t.out} next={{ href: href(page, "/"), label: t.home }} />
    </Layout>
  );
}
