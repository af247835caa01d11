import { post } from "./accounts/api.ts";
import { Form, find } from "./accounts/form.ts";
import { passwordField } from "./accounts/password-field.ts";
import { register } from "./accounts/passwords.ts";

/** The end of a reset: a new password is registered under the mailed link's token. */
const form = new Form(find<HTMLFormElement>("#reset"));
const password = passwordField(form, "password");

form.onSubmit(async (button) => {
  if (!form.check({ password: password.problem() })) return;
  const answer = await form.busy(button, async () => {
    const registered = await register(password.value());
    if (!registered.ok) return registered;
    return post("/reset/finish", { token: form.root.dataset.token, ...registered.value });
  });
  if (answer.ok) location.assign(form.root.dataset.done ?? "/sign-in");
  else form.fail(answer);
});
