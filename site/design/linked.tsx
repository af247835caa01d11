const MAIL = "hello@sessionlinked.com";

/** A sentence whose mail address can be pressed. */
export const Linked = ({ text }: { text: string }) => (
  <>
    {text.split(MAIL).map((part, at) =>
      at === 0 ? (
        part
      ) : (
        <>
          <a href={`mailto:${MAIL}`}>{MAIL}</a>
          {part}
        </>
      ),
    )}
  </>
);
