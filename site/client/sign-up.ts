import { post } from "./accounts/api.ts";
import { Form, find, looksLikeAddress } from "./accounts/form.ts";

/** Opening an account: name and address go, and a mail leads on. Whoever says they are younger than 16 sends nothing (A5). */
const root = document.querySelector<HTMLFormElement>("#sign-up");
if (root !== null) begin(new Form(root));

function begin(form: Form): void {
  const send = find("#send");
  const tooYoung = find("#too-young");
  const sent = find("#look-in-mail");

  const age = () => form.root.querySelector<HTMLInputElement>("[name=age]:checked")?.value;
  find("#age").addEventListener("change", () => {
    const isYounger = age() === "younger";
    send.hidden = isYounger;
    tooYoung.hidden = !isYounger;
    for (const id of ["age", ...(isYounger ? ["displayName", "email"] : [])]) form.mark(id, null);
  });

  const isFilled = (): boolean =>
    form.check({
      displayName: form.value("displayName").trim() === "" ? form.said.fill : null,
      email: looksLikeAddress(form.value("email")) ? null : form.said.address,
      age: age() === undefined ? form.said.age : null,
    });

  const person = () => ({
    displayName: form.value("displayName"),
    email: form.value("email"),
    language: form.root.dataset.language,
    isSixteen: age() === "older",
    wantsNews: find<HTMLInputElement>("[name=wantsNews]", form.root).checked,
    next: form.root.dataset.next,
  });

  form.onSubmit(async (button) => {
    if (age() === "younger" || !isFilled()) return;
    const answer = await form.busy(button, () => post("/sign-up", person()));
    if (!answer.ok) return form.fail(answer);
    find("#mailed-to").textContent = form.value("email").trim();
    form.root.hidden = true;
    sent.hidden = false;
    sent.focus();
    moveTo(1 / 2);
  });

  find("#again").addEventListener("click", (event) => {
    event.preventDefault();
    sent.hidden = true;
    form.root.hidden = false;
    find<HTMLInputElement>("#email").focus();
    moveTo(1 / 12);
  });
}

/** The picture's playhead stands where the person does. */
function moveTo(share: number): void {
  const now = document.querySelector(".arrangement > .now");
  for (const end of ["x1", "x2"]) now?.setAttribute(end, `${share * 100}%`);
  document.querySelectorAll(".arrangement .clip").forEach((clip, index) => {
    clip.classList.toggle("ahead", index / 3 > share);
  });
}
