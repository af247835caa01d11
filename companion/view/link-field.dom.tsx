import type { ViewProps } from "./parts.dom.tsx";

export interface LinkFieldProps extends Pick<ViewProps, "session"> {
  id: string;
  link: string;
  label: string;
  /** What its button says. */
  copy: string;
}

/** A link to give on: selected when somebody goes there, copied by its button. */
export const LinkField = ({ session, id, link, label, copy }: LinkFieldProps) => (
  <p>
    <label for={id}>{label}</label>
    <input id={id} readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
    <button
      type="button"
      class="button small"
      onClick={() => void navigator.clipboard.writeText(link).then(() => session.say("copied", false))}
    >
      {copy}
    </button>
  </p>
);
