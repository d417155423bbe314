// The phone's own queue: answers are kept here, encrypted, until the service has them; then key and answers are forgotten.
// Everything on the page works without this file; it only bridges a lost connection. Never lost, never twice:
// nothing is deleted before the service has said that it holds the answers, and the service stores a check-in once.
"use strict";
const form = document.querySelector("form[data-checkin]");
const brake = document.querySelector("form[data-brake]");
const here = location.pathname, slow = brake && new URL(brake.action).pathname;
// What the page says of the answers it asks for, and of the brake.
const lines = { [here]: form?.querySelector(".status"), [slow]: brake?.querySelector(".status") };
const says = (link, what) => { if (lines[link]) lines[link].textContent = lines[link].dataset[what] ?? ""; };

// One row a link: a key that cannot be read out of the browser, the sealed answers, and the vector they were sealed with.
const store = (mode, use) => new Promise((done, failed) => {
  const opening = indexedDB.open("queue", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("waiting");
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const change = opening.result.transaction("waiting", mode);
    const asked = use(change.objectStore("waiting"));
    change.oncomplete = () => { opening.result.close(); done(asked.result); };
    change.onerror = () => failed(change.error);
  };
});
const links = () => store("readonly", (rows) => rows.getAllKeys());
const forget = (link) => store("readwrite", (rows) => rows.delete(link));

async function keep(link, text) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const vector = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: vector }, key, new TextEncoder().encode(text));
  await store("readwrite", (rows) => rows.put({ key, vector, sealed }, link));
}

// Hand the answers of one link to the service; true where it holds them now, false where it takes none. Throws while it cannot be reached.
async function deliver(link) {
  const row = await store("readonly", (rows) => rows.get(link));
  const text = new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.vector }, row.key, row.sealed));
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-From-Queue": "1" };
  const answer = await fetch(link, { method: "POST", body: text, headers, cache: "no-store" });
  if (answer.ok) await answer.json();
  else if (answer.status !== 404 && answer.status !== 422) throw new Error(answer.status);
  await forget(link);
  return answer.ok;
}

// Everything that waits is sent, also what was answered on an earlier link; the page speaks of its own answers only.
let sending = false, again = 0;
async function send() {
  if (sending) return;
  sending = true;
  let left = false;
  try {
    for (const link of await links()) {
      says(link, "sending");
      try {
        const held = await deliver(link);
        if (held && link === here) { location.replace(here); return; }
        says(link, held ? "held" : "gone");
      } catch (error) {
        left = true;
        says(link, "waiting");
      }
    }
  } finally {
    sending = false;
  }
  clearTimeout(again);
  if (left) again = setTimeout(send, 5000);
}

// While answers wait, the page shows nothing of them.
function hide() {
  if (!form) return;
  form.reset();
  for (const part of form.children) if (part !== lines[here]) part.hidden = true;
}

if (window.crypto?.subtle && window.indexedDB) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = new URLSearchParams(new FormData(form, event.submitter)).toString();
    try { await keep(here, said); } catch (error) { form.submit(); return; }
    hide();
    send();
  });
  // The brake keeps the page as it is: what was answered so far and not sent yet stays.
  brake?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await keep(slow, "slow=1"); } catch (error) { brake.submit(); return; }
    send();
  });
  addEventListener("online", send);
  links().then((all) => { if (all.includes(here)) hide(); if (all.length) send(); }, () => {});
}

// Leave without a way back to this page in the browser's history.
document.querySelector("[data-leave]")?.addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(event.currentTarget.href);
});
