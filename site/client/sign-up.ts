import { post } from "./accounts/api.ts";
import { Form, find, looksLikeAddress } from "./accounts/form.ts";
import { hasPasskeys, makePasskey } from "./accounts/passkeys.ts";
import { passwordField } from "./accounts/password-field.ts";
import { register } from "./accounts/passwords.ts";

/** Opening an account: with a passkey, or a password that stays here. Whoever says they are younger than 16 sends nothing (A5). */
const form = new Form(find<HTMLFormElement>("#sign-up"));
const withPasskey = find<HTMLButtonElement>("#with-passkey");
const key = find("#key");
const tooYoung = find("#too-young");
const sent = find("#look-in-mail");
const password = passwordField(form, "password", () => [form.value("displayName"), form.value("email")]);

const age = () => form.root.querySelector<HTMLInputElement>("[name=age]:checked")?.value;
find("#age").addEventListener("change", () => {
  const isYounger = age() === "younger";
  key.hidden = isYounger;
  tooYoung.hidden = !isYounger;
  for (const id of ["age", ...(isYounger ? ["displayName", "email"] : [])]) form.mark(id, null);
});

const person = () => ({
  displayName: form.value("displayName"),
  email: form.value("email"),
  language: form.root.dataset.language,
  isSixteen: age() === "older",
  wantsNews: find<HTMLInputElement>("[name=wantsNews]", form.root).checked,
  next: form.root.dataset.next,
});

function isFilled(withPassword: boolean): boolean {
  const { said } = form;
  return form.check({
    displayName: form.value("displayName").trim() === "" ? said.fill : null,
    email: looksLikeAddress(form.value("email")) ? null : said.address,
    age: age() === undefined ? said.age : null,
    ...(withPassword ? { password: password.problem() } : {}),
  });
}

function lookInMail(): void {
  find("#mailed-to").textContent = form.value("email").trim();
  form.root.hidden = true;
  password.clear();
  sent.hidden = false;
  sent.focus();
  moveTo(2 / 3);
}

/** The picture's playhead stands where the person does. */
function moveTo(share: number): void {
  const now = document.querySelector(".arrangement > .now");
  for (const end of ["x1", "x2"]) now?.setAttribute(end, `${share * 100}%`);
  document.querySelectorAll(".arrangement .clip").forEach((clip, index) => {
    clip.classList.toggle("ahead", (index + 1) / 3 > share + 0.01 && index > 0);
  });
}
form.root.addEventListener("focusin", (event) => {
  moveTo(key.contains(event.target as Node) ? 1 / 3 : 1 / 12);
});

find("#again").addEventListener("click", () => {
  sent.hidden = true;
  form.root.hidden = false;
  find<HTMLInputElement>("#email").focus();
});

withPasskey.addEventListener("click", () => {
  if (age() === "younger" || !isFilled(false)) return;
  void form
    .busy(withPasskey, () =>
      makePasskey(
        () => post("/sign-up/passkey/start", person()),
        (body) => post("/sign-up/passkey", body),
      ),
    )
    .then((answer) => (answer.ok ? lookInMail() : form.fail(answer)));
});

form.onSubmit(async (button) => {
  if (age() === "younger" || !isFilled(true)) return;
  const answer = await form.busy(button, async () => {
    const registered = await register(password.value());
    return registered.ok ? post("/sign-up/password", { ...person(), ...registered.value }) : registered;
  });
  if (answer.ok) lookInMail();
  else form.fail(answer);
});

if (!hasPasskeys()) {
  withPasskey.hidden = true;
  find("#passkey-hint").textContent = form.said.passkeyMissing;
  find<HTMLDetailsElement>("#with-password").open = true;
}
