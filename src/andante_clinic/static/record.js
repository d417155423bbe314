// Saves the record of a session as it is typed. Without it the button at the end saves.
"use strict";
const form = document.querySelector("form[data-saved-as-typed]");
if (form) {
  const says = form.querySelector(".saved");
  let waiting = 0, running = Promise.resolve();

  const save = async () => {
    says.textContent = "Saving ...";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Saved-As-Typed": "1" } });
      if (answer.redirected) { says.textContent = "Not saved: you are signed out. Sign in in another tab; this one then saves."; later(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      if (said.errors) { says.textContent = "Not saved: " + Object.values(said.errors).flat().join(" "); return; }
      if (said.opened) keep(said.opened);
      says.textContent = "Saved.";
    } catch (error) {
      says.textContent = "Not saved yet: no connection. It is tried again.";
      later();
    }
  };
  const queue = () => { running = running.then(save); };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(queue, 3000); };

  // An issue that was just opened gets a field of its own, so that the next saving does not open it again.
  const keep = (id) => {
    const field = form.querySelector("[name=opened]");
    const fresh = field.cloneNode();
    field.name = "label-" + id; field.id = field.name;
    fresh.value = ""; fresh.setAttribute("aria-label", "Another issue opened");
    field.after(fresh);
  };

  // One tap on a chosen step takes it back: nothing has to be said.
  form.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest("label")?.querySelector("input[type=radio]") ?? event.target;
    if (radio.type === "radio" && radio.checked) radio.dataset.off = "1";
  });
  form.addEventListener("click", (event) => {
    if (event.target.type === "radio" && event.target.dataset.off) {
      delete event.target.dataset.off;
      event.target.checked = false;
      queue();
    }
  });
  form.addEventListener("change", queue);
  form.addEventListener("input", (event) => {
    if (event.target.tagName === "TEXTAREA") { clearTimeout(waiting); waiting = setTimeout(queue, 800); }
  });
}
