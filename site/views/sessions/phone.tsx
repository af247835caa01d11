import { Button, State } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { href, type Page } from "../../design/page.ts";
import { phoneText } from "../../i18n/phone.ts";

/** Where a phone's link leads: what it will be able to do, who sees it, one button. Nothing is spent by looking. */
export function PhoneDoor({ page, link }: { page: Page; link: string }) {
  const t = phoneText[page.language];
  return (
    <Layout page={page} title={t.title} hidden>
      <section class="stack confirm">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
        <p>{t.sees}</p>
        <form method="post" action={href(page, `/phone/${link}`)}>
          <Button label={t.go} />
        </form>
        <p class="small soft">{t.ends}</p>
      </section>
    </Layout>
  );
}

/** A link that is no good any more, or a phone that is nobody's: said, with what to do on the computer. */
export function PhoneOut({ page, isRefused }: { page: Page; isRefused: boolean }) {
  const t = phoneText[page.language];
  const [title, sentence] = isRefused ? [t.refusedTitle, t.refused] : [t.outTitle, t.out];
  return (
    <Layout page={page} title={title} hidden>
      <State title={title} sentence={sentence} next={{ href: href(page, "/"), label: t.home }} />
    </Layout>
  );
}
