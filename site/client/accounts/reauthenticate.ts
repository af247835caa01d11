import { type Answer, ask, post } from "./api.ts";
import { Form, find } from "./form.ts";
import { signInWithPasskey } from "./passkeys.ts";
import { passwordField } from "./password-field.ts";
import { proveIt } from "./passwords.ts";

type Signed = Answer<{ secondFactorStep?: string }>;

/** Does `work`; if it wants a fresh sign-in, asks for one in place and does it again. Cancelled, the first answer stands. */
export async function withReauthentication<Value>(work: () => Promise<Answer<Value>>): Promise<Answer<Value>> {
  const answer = await work();
  if (answer.ok || answer.reason !== "sign-in-again") return answer;
  return (await askForSignIn()) ? work() : answer;
}

let asking:
  | { form: Form; password: ReturnType<typeof passwordField> | null; settle: (done: boolean) => void }
  | undefined;

function prepared(dialog: HTMLDialogElement) {
  if (asking !== undefined) return asking;
  const form = new Form(find<HTMLFormElement>("#reauthenticate-form"));
  const hasPassword = form.root.querySelector("#reauthenticate-password") !== null;
  const password = hasPassword ? passwordField(form, "reauthenticate-password") : null;
  const made = { form, password, settle: (_done: boolean) => {} };
  asking = made;
  const enter = async () => {
    const now = await ask<{ accountId: string }>("GET", "/account");
    // Somebody else's passkey opens somebody else's account: then this page is not theirs, and nothing is repeated.
    if (now.ok && now.value.accountId === form.root.dataset.account) end(true);
    else location.reload();
  };
  const end = (isDone: boolean) => {
    password?.clear();
    form.notice(null);
    made.settle(isDone);
    if (dialog.open) dialog.close();
  };
  const goOn = async (answer: Signed) => {
    if (!answer.ok) return form.fail(answer);
    const { secondFactorStep: step } = answer.value;
    if (step === undefined) return enter();
    const code = form.root.querySelector<HTMLInputElement>("#reauthenticate-code")?.value.trim() ?? "";
    const second = await post<{ secondFactorStep?: string }>("/sign-in/second-factor", { step, code });
    if (second.ok && second.value.secondFactorStep === undefined) return enter();
    if (second.ok || second.reason === "validation-failed")
      return form.mark("reauthenticate-code", form.said["wrong-code"]);
    form.fail(second);
  };
  form.onSubmit(async (button) => {
    if (password === null || !form.check({ "reauthenticate-password": password.problem() })) return;
    await goOn(await form.busy(button, () => proveIt(form.root.dataset.email ?? "", password.value())));
  });
  const withPasskey = form.root.querySelector<HTMLButtonElement>("#reauthenticate-passkey");
  withPasskey?.addEventListener("click", () => {
    void form.busy(withPasskey, () => signInWithPasskey("dialog")).then(goOn);
  });
  find("#reauthenticate-cancel").addEventListener("click", () => end(false));
  dialog.addEventListener("close", () => end(false));
  return made;
}

function askForSignIn(): Promise<boolean> {
  const dialog = find<HTMLDialogElement>("#reauthenticate");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  prepared(dialog).settle = resolve;
  dialog.showModal();
  return promise;
}
