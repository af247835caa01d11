import { fieldText } from "../i18n/fields.ts";
import { problemOf } from "./fields/problem.ts";

/**
 * What does not fit into a form is said before it is sent, at its field, in the page's words and look: the browser's own bubbles are off
 * (`novalidate`), and a browser without this script hears the same from the server. Forms with a `data-said` are sent by a script, which has
 * a say of its own.
 */
type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const t = fieldText[document.documentElement.lang.startsWith("de") ? "de" : "en"];

const isField = (element: unknown): element is Field =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;

const isOurs = (form: HTMLFormElement | null) => form?.noValidate === true && form.dataset.said === undefined;

function read(field: Field): string | null {
  const isInput = field instanceof HTMLInputElement;
  return problemOf(t, {
    type: field.type,
    value: field.value,
    required: field.required,
    min: isInput ? field.min : "",
    max: isInput ? field.max : "",
    fileBytes: isInput ? (field.files?.[0]?.size ?? 0) : 0,
    fileMaxBytes: Number(field.dataset.max ?? Number.MAX_SAFE_INTEGER),
    validity: field.validity,
    missing: field.dataset.missing,
    tooLarge: field.dataset.tooLarge,
  });
}

/** Where a field's problem stands: where the page already has a place for it, else before the field, or under the question that its choices answer. */
function placeOf(field: Field): HTMLElement {
  const id = `${field.type === "radio" ? field.name : field.id || field.name}-problem`;
  const known = document.getElementById(id);
  if (known !== null) return known;
  const place = Object.assign(document.createElement("p"), { id, className: "problem", hidden: true });
  const question = field.type === "radio" ? field.closest("fieldset")?.querySelector("legend") : null;
  if (question) question.after(place);
  else (field.type === "checkbox" ? (field.closest("label") ?? field) : field).before(place);
  return place;
}

/** Says what is wrong with a field, or takes it back; whether it fits. */
function fits(field: Field): boolean {
  const problem = read(field);
  if (problem === null && field.getAttribute("aria-invalid") !== "true") return true;
  const place = placeOf(field);
  place.textContent = problem ?? "";
  place.hidden = problem === null;
  if (problem === null) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(place.id);
  field.setAttribute("aria-describedby", [...described].join(" "));
  return problem === null;
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !isOurs(form)) return;
    const wrong = [...form.elements].filter(isField).filter((one) => one.willValidate && !fits(one));
    if (wrong.length === 0) return;
    event.preventDefault();
    wrong[0]?.focus();
  },
  true,
);

/** Whoever mends a field is not told of it any longer; a file is looked at when it is chosen. */
function look({ target }: Event): void {
  if (!isField(target) || !isOurs(target.form)) return;
  const all = target.type === "radio" ? document.getElementsByName(target.name) : [target];
  for (const field of all)
    if (isField(field) && (field.type === "file" || field.getAttribute("aria-invalid") === "true")) fits(field);
}
document.addEventListener("input", look);
document.addEventListener("change", look);
