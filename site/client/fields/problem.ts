import type { FieldText } from "../../i18n/fields.ts";

/** As much of a field as decides what is wrong with it. */
export interface Checked {
  type: string;
  value: string;
  required: boolean;
  /** Of a number. */
  min: string;
  max: string;
  /** The bytes of a chosen file, and how many there may be. */
  fileBytes: number;
  fileMaxBytes: number;
  validity: Pick<ValidityState, "valid" | "valueMissing" | "typeMismatch" | "badInput">;
  /** The page's own words for a field that is missing, and for a file that is too large. */
  missing: string | undefined;
  tooLarge: string | undefined;
}

/** What to say of a field that does not fit (the constraints of HTML, section 4.10.20); `null`: it fits. */
export function problemOf(t: FieldText, field: Checked): string | null {
  const { type, value, required, validity } = field;
  if (field.fileBytes > field.fileMaxBytes) return field.tooLarge ?? t.other;
  const isBlank = required && type !== "checkbox" && type !== "radio" && value.trim() === "";
  if (validity.valid && !isBlank) return null;
  const isMissing = (validity.valueMissing || isBlank) && !validity.badInput;
  if (isMissing && field.missing !== undefined) return field.missing;
  switch (type) {
    case "checkbox":
      return t.tick;
    case "radio":
      return t.choose;
    case "file":
      return t.file;
    case "date":
      return t.day;
    case "datetime-local":
      return t.moment;
    case "number":
      return field.min === "" || field.max === "" ? t.number : t.between(field.min, field.max);
    default:
      if (isMissing) return t.fill;
      return validity.typeMismatch ? t.address : t.other;
  }
}
