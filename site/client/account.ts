import { ask, post } from "./accounts/api.ts";
import { codesShown } from "./accounts/codes.ts";
import { Form, find, looksLikeAddress } from "./accounts/form.ts";
import { makePasskey } from "./accounts/passkeys.ts";
import { passwordField } from "./accounts/password-field.ts";
import { register } from "./accounts/passwords.ts";
import { drawQr } from "./accounts/qr.ts";
import { withReauthentication } from "./accounts/reauthenticate.ts";

/** A person's own account: what changes a way in asks the API from here, and a fresh sign-in first where one is needed. */
const open = (selector: string) => {
  const root = document.querySelector<HTMLFormElement>(selector);
  return root === null ? null : new Form(root);
};
/** The page anew, with what was done; also where its address is the one that it has already, which would only move it to the fragment. */
function done(form: Form): void {
  const to = new URL(form.root.dataset.done ?? "/account", location.href);
  if (to.pathname + to.search === location.pathname + location.search) {
    history.replaceState(null, "", to);
    location.reload();
  } else location.assign(to);
}

const addPasskey = open("#add-passkey");
addPasskey?.onSubmit(async (button) => {
  const answer = await withReauthentication(() =>
    addPasskey.busy(button, () =>
      makePasskey(
        () => post("/account/passkeys/start"),
        (body) => post("/account/passkeys", body),
      ),
    ),
  );
  if (answer.ok) done(addPasskey);
  else addPasskey.fail(answer);
});

for (const root of document.querySelectorAll<HTMLFormElement>(".remove-passkey")) {
  const form = new Form(root);
  form.onSubmit(async (button) => {
    const path = `/account/passkeys/${encodeURIComponent(root.dataset.id ?? "")}`;
    const answer = await withReauthentication(() => form.busy(button, () => ask("DELETE", path)));
    if (answer.ok) done(form);
    else form.fail(answer);
  });
}

const changeEmail = open("#change-email");
changeEmail?.onSubmit(async (button) => {
  const email = changeEmail.value("email").trim();
  if (!changeEmail.check({ email: looksLikeAddress(email) ? null : changeEmail.said.address })) return;
  const answer = await withReauthentication(() => changeEmail.busy(button, () => post("/account/email", { email })));
  if (answer.ok) return done(changeEmail);
  if (answer.reason === "address-unchanged") changeEmail.check({ email: changeEmail.said["address-unchanged"] });
  else changeEmail.fail(answer);
});

const changePassword = open("#change-password");
if (changePassword !== null) {
  const password = passwordField(changePassword, "password");
  changePassword.onSubmit(async (button) => {
    if (!changePassword.check({ password: password.problem() })) return;
    const answer = await withReauthentication(() =>
      changePassword.busy(button, async () => {
        const registered = await register(password.value());
        return registered.ok ? post("/account/password", registered.value) : registered;
      }),
    );
    if (answer.ok) done(changePassword);
    else changePassword.fail(answer);
  });
}

const startSecond = open("#start-second");
const confirmSecond = open("#confirm-second");
startSecond?.onSubmit(async (button) => {
  const answer = await withReauthentication(() =>
    startSecond.busy(button, () => post<{ secret: string; uri: string }>("/account/second-factor/start")),
  );
  if (!answer.ok) return startSecond.fail(answer);
  find("#qr").replaceChildren(await drawQr(answer.value.uri));
  find("#totp-secret").textContent = (answer.value.secret.match(/.{1,4}/g) ?? []).join(" ");
  startSecond.root.hidden = true;
  find("#confirm-second").hidden = false;
  find<HTMLInputElement>("#code").focus();
});
confirmSecond?.onSubmit(async (button) => {
  // Apps show it in two groups.
  const code = confirmSecond.value("code").replaceAll(/\s/g, "");
  if (!confirmSecond.check({ code: /^\d{6}$/.test(code) ? null : confirmSecond.said.fill })) return;
  const answer = await withReauthentication(() =>
    confirmSecond.busy(button, () => post<{ codes: string[] }>("/account/second-factor", { code })),
  );
  if (answer.ok) return codesShown(answer.value.codes, confirmSecond.said);
  if (answer.reason === "wrong-code") confirmSecond.check({ code: confirmSecond.said["wrong-code"] });
  else confirmSecond.fail(answer);
});

const stopSecond = open("#stop-second");
stopSecond?.onSubmit(async (button) => {
  const answer = await withReauthentication(() =>
    stopSecond.busy(button, () => ask("DELETE", "/account/second-factor")),
  );
  if (answer.ok) done(stopSecond);
  else stopSecond.fail(answer);
});

const newCodes = open("#new-codes");
newCodes?.onSubmit(async (button) => {
  const answer = await withReauthentication(() =>
    newCodes.busy(button, () => post<{ codes: string[] }>("/account/recovery-codes")),
  );
  if (answer.ok) codesShown(answer.value.codes, newCodes.said);
  else newCodes.fail(answer);
});
