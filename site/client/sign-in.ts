import { type Answer, post } from "./accounts/api.ts";
import { Form, find, looksLikeAddress } from "./accounts/form.ts";
import { hasPasskeys, offersAutofill, signInWithPasskey } from "./accounts/passkeys.ts";
import { passwordField } from "./accounts/password-field.ts";
import { proveIt } from "./accounts/passwords.ts";

/** Signing in: a passkey from the dialog or the address field, or a password, then perhaps a code. */
const form = new Form(find<HTMLFormElement>("#sign-in"));
const second = new Form(find<HTMLFormElement>("#second-factor"));
const withPasskey = find<HTMLButtonElement>("#with-passkey");
const password = passwordField(form, "password");
let step = "";

const enter = () => location.assign(form.root.dataset.next ?? "/account");

function goOn(answer: Answer<{ secondFactorStep?: string }>) {
  if (!answer.ok) return form.fail(answer);
  if (answer.value.secondFactorStep === undefined) return enter();
  step = answer.value.secondFactorStep;
  password.clear();
  form.root.hidden = true;
  second.root.hidden = false;
  find<HTMLInputElement>("#code").focus();
}

form.onSubmit(async (button) => {
  const { said } = form;
  const email = form.value("email").trim();
  const isFilled = form.check({
    email: looksLikeAddress(email) ? null : said.address,
    password: password.problem(),
  });
  if (isFilled) goOn(await form.busy(button, () => proveIt(email, password.value())));
});

second.onSubmit(async (button) => {
  const code = second.value("code").trim();
  if (!second.check({ code: code.length < 6 ? second.said.fill : null })) return;
  const answer = await second.busy(button, () =>
    post<{ secondFactorStep?: string }>("/sign-in/second-factor", { step, code }),
  );
  if (answer.ok && answer.value.secondFactorStep === undefined) return enter();
  if (answer.ok) {
    // A wrong code does not end the step; its next try goes under a new name.
    step = answer.value.secondFactorStep ?? "";
    second.mark("code", second.said["wrong-code"]);
    find<HTMLInputElement>("#code").select();
    return;
  }
  if (answer.reason === "wrong-code") return second.mark("code", second.said["wrong-code"]);
  second.fail(answer);
  if (answer.reason !== "step-expired") return;
  second.root.hidden = true;
  form.root.hidden = false;
  form.fail(answer);
});

withPasskey.addEventListener("click", () => {
  void form.busy(withPasskey, () => signInWithPasskey("dialog")).then(goOn);
});
if (hasPasskeys()) {
  // What the browser offers in the address field. Whoever ignores it, or presses the button instead, ends it: no message then.
  void offersAutofill().then(async (offered) => {
    if (!offered) return;
    const answer = await signInWithPasskey("autofill");
    if (answer.ok) goOn(answer);
    else if (answer.reason === "passkey-invalid") form.fail(answer);
  });
} else withPasskey.hidden = true;
