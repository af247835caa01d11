/** The code by which one's own phone comes in (P83). A script of its own, fetched when it is asked for. */
import { useEffect, useState } from "preact/hooks";
import { PhoneLink as Link } from "../../protocol/phones.ts";
import { Modal } from "./modal.dom.tsx";
import type { ViewProps } from "./parts.dom.tsx";
import { phoneWords } from "./phone-words.dom.ts";
import type { ViewApi } from "./view-api.dom.ts";

/** The address that one's own phone opens, told once; `null` where none was made, which has been said. */
async function linkOf(api: ViewApi): Promise<string | null> {
  const made = Link.safeParse(await api.ask("POST", `${api.session}/phone`));
  return made.success ? new URL(`/phone/${made.data.link}`, location.href).href : null;
}

export interface CodeProps extends Pick<ViewProps, "session"> {
  close(): void;
}

/** Closes by itself once the phone is here. */
export function Code({ session, close }: CodeProps) {
  const t = phoneWords();
  const [link, setLink] = useState<string | null>(null);
  const [isAsked, setAsked] = useState(false);
  const make = () => {
    setAsked(false);
    setLink(null);
    void linkOf(session.api).then((made) => {
      setLink(made);
      setAsked(true);
    });
  };
  useEffect(make, []);
  return (
    <Modal label={t.title} close={close}>
      <h2>{t.title}</h2>
      {link === null ? (
        <p role="status">{isAsked ? t.failed : ""}</p>
      ) : (
        <>
          <p>{t.scan}</p>
          <Qr text={link} label={t.code} />
          <p class="soft">{t.once}</p>
        </>
      )}
      <form method="dialog">
        {isAsked ? (
          <button type="button" class="button quiet small" onClick={make}>
            {t.again}
          </button>
        ) : null}
        <button type="submit" class="button quiet small">
          {t.close}
        </button>
      </form>
    </Modal>
  );
}

/** ISO/IEC 18004, drawn here: what it says goes nowhere. Dark on light in both themes, as readers want it. */
function Qr({ text, label }: { text: string; label: string }) {
  const [modules, setModules] = useState<boolean[][]>([]);
  // Fetched when there is something to draw, which most evenings there is not. Where it cannot be had, another link asks for it again.
  useEffect(() => {
    import("qr").then(
      ({ default: encodeQR }) => setModules(encodeQR(text, "raw", { ecc: "medium", border: 4 })),
      () => undefined,
    );
  }, [text]);
  const squares = modules.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  if (modules.length === 0) return null;
  return (
    <svg class="view-qr" viewBox={`0 0 ${modules.length} ${modules.length}`} role="img" aria-label={label}>
      <path d={squares.join("")} />
    </svg>
  );
}
