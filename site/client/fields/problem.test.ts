import { expect, test } from "vitest";
import { fieldText } from "../../i18n/fields.ts";
import { type Checked, problemOf } from "./problem.ts";

const fine = { valid: true, valueMissing: false, typeMismatch: false, badInput: false };
const field = (more: Partial<Checked> = {}): Checked => ({
  type: "text",
  value: "x",
  required: false,
  min: "",
  max: "",
  fileBytes: 0,
  fileMaxBytes: Number.MAX_SAFE_INTEGER,
  validity: fine,
  missing: undefined,
  tooLarge: undefined,
  ...more,
});
const missing = { ...fine, valid: false, valueMissing: true };
const wrong = { ...fine, valid: false };

test.each([
  [field(), null],
  // Nothing but spaces is nothing.
  [field({ required: true, value: "  " }), "Please fill this in."],
  [field({ required: true, value: "", validity: missing }), "Please fill this in."],
  [
    field({ required: true, value: "", validity: missing, missing: "A session needs a name." }),
    "A session needs a name.",
  ],
  [field({ type: "email", validity: { ...wrong, typeMismatch: true } }), "This does not look like an e-mail address."],
  [field({ type: "number", min: "1", max: "32", validity: wrong }), "Write a whole number from 1 to 32."],
  [field({ type: "number", validity: { ...wrong, badInput: true } }), "Write a whole number."],
  // A ticked box has the value that it had before.
  [field({ type: "checkbox", required: true, value: "" }), null],
  [field({ type: "checkbox", required: true, validity: missing }), "This needs your tick."],
  [field({ type: "radio", required: true, validity: missing }), "Choose one of these."],
  [field({ type: "datetime-local", required: true, value: "", validity: missing }), "Choose a day and a time."],
  [field({ type: "date", required: true, value: "", validity: missing }), "Choose a day."],
  [field({ type: "file", required: true, value: "", validity: missing }), "Choose a file first."],
  [field({ type: "file", fileBytes: 13, fileMaxBytes: 12, tooLarge: "Larger than 12 MB." }), "Larger than 12 MB."],
  [field({ type: "file", fileBytes: 12, fileMaxBytes: 12 }), null],
])("what does not fit is named: %o", (checked, said) => {
  expect(problemOf(fieldText.en, checked)).toBe(said);
});
