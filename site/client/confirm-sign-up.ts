import { post } from "./accounts/api.ts";
import { Form, find } from "./accounts/form.ts";
import { hasPasskeys, makePasskey } from "./accounts/passkeys.ts";
import { passwordField } from "./accounts/password-field.ts";
import { register } from "./accounts/passwords.ts";

/** The end of a sign-up, by the mailed link: this browser makes the passkey, or the password's record, and is signed in. */
const form = new Form(find<HTMLFormElement>("#confirm-sign-up"));
const { token, name = "", email = "", next = "/account" } = form.root.dataset;
const withPasskey = find<HTMLButtonElement>("#with-passkey");
const password = passwordField(form, "password", () => [name, email]);
const enter = () => location.assign(next);

withPasskey.addEventListener("click", () => {
  void form
    .busy(withPasskey, () =>
      makePasskey(
        () => post("/sign-up/passkey/start", { token }),
        (body) => post("/sign-up/passkey", { token, ...body }),
      ),
    )
    .then((answer) => (answer.ok ? enter() : form.fail(answer)));
});

form.onSubmit(async (button) => {
  if (!form.check({ password: password.problem() })) return;
  const answer = await form.busy(button, async () => {
    const registered = await register(password.value());
    return registered.ok ? post("/sign-up/password", { token, ...registered.value }) : registered;
  });
  if (answer.ok) enter();
  else form.fail(answer);
});

if (!hasPasskeys()) {
  withPasskey.hidden = true;
  find("#passkey-hint").textContent = form.said.passkeyMissing;
  find<HTMLDetailsElement>("#with-password").open = true;
}
