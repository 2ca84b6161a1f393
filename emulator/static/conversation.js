// A customer's phone: the conversation, the composer, the settings.

import { bubble } from "./bubble.js";
import { day, element, follow, getJson, hour, paintAvatar, postJson } from "./dom.js";
import { showList } from "./list_view.js";

const number = location.pathname.split("/")[2];
const base = `/phone/${number}`;
const find = (selector) => document.querySelector(selector);
const place = find(".messages");
const input = find("[data-testid=reply-input]");
const problem = find(".problem");
const drawn = new Map();
let chosenChannel = false;
let lastId = "";

// Messages

function near(element_) {
  return element_.scrollHeight - element_.scrollTop - element_.clientHeight < 120;
}

function nodeOf(message, severalSenders) {
  const shape = JSON.stringify([message, severalSenders]);
  const old = drawn.get(message.id);
  if (old && old.shape === shape) return old.node;
  const node = bubble(message, { press }, severalSenders);
  drawn.set(message.id, { shape, node });
  return node;
}

function drawMessages(conversation) {
  const { messages, businesses } = conversation;
  const nodes = [];
  const severalSenders = new Set(businesses.map((one) => one.name)).size > 1;
  let today = "";
  for (const message of messages) {
    const label = day(message.at);
    if (label !== today) nodes.push(separator(label));
    today = label;
    nodes.push(nodeOf(message, severalSenders));
  }
  if (!messages.length) nodes.push(element("p", { class: "nothing" }, "Aún no hay mensajes en este teléfono."));
  const last = messages.at(-1);
  const follow_ = near(place) || (last && last.id !== lastId && last.direction === "in");
  const first = !lastId;
  place.replaceChildren(...nodes);
  if (follow_ || first) place.scrollTop = place.scrollHeight;
  lastId = last ? last.id : "";
}

const separators = new Map();
function separator(label) {
  if (!separators.has(label)) separators.set(label, element("p", { class: "day" }, element("span", {}, label)));
  return separators.get(label);
}

function drawHeads({ phone, businesses, messages }) {
  const owner = phone.name || phone.pretty;
  document.title = `${owner} · Teléfono de prueba`;
  find("[data-owner-name]").textContent = owner;
  find("[data-owner-number]").textContent = phone.name ? phone.pretty : "Teléfono del cliente";
  paintAvatar(find("[data-owner-avatar]"), owner, phone.number);
  const business = businesses[0] || { name: "Sin empresa", pretty: "" };
  find("[data-testid=business-name]").textContent = business.name;
  find("[data-business-number]").textContent = phone.online ? business.pretty : "Sin conexión (modo avión)";
  paintAvatar(find("[data-business-avatar]"), business.name, business.name);
  document.body.classList.toggle("offline", !phone.online);
  document.body.classList.toggle("no-whatsapp", !phone.on_whatsapp);
  find("[data-setting=offline]").checked = !phone.online;
  find("[data-setting=on_whatsapp]").checked = phone.on_whatsapp;
  find("[data-setting=read_receipts]").checked = phone.read_receipts;
  const last = messages.at(-1) || business;
  if (!chosenChannel && last.channel) choose(last.channel);
}

async function refresh() {
  const conversation = await getJson(`${base}/messages.json`);
  drawHeads(conversation);
  drawMessages(conversation);
  const unread = conversation.messages.some(
    (one) => one.direction === "out" && one.status === "delivered");
  if (unread && document.visibilityState === "visible") await postJson(`${base}/read`);
}

// Composer

function channel() {
  return find("[name=channel]:checked").value;
}

function choose(name) {
  find(`[name=channel][value=${name}]`).checked = true;
  document.body.dataset.channel = name;
}

async function send(message) {
  problem.hidden = true;
  try {
    await postJson(`${base}/reply`, message);
    return true;
  } catch (error) {
    problem.textContent = `No se envió: ${reason(error.message)}`;
    problem.hidden = false;
    return false;
  }
}

function reason(text) {
  if (text.includes("airplane")) return "el teléfono está en modo avión.";
  if (text.includes("not on WhatsApp")) return "este número no tiene WhatsApp; responda por SMS.";
  if (text.includes("no account")) return "ninguna empresa tiene este canal.";
  return text;
}

function press(message, one) {
  send({
    channel: message.channel,
    button: { title: one.text, payload: one.payload },
    context_id: message.id,
  });
}

function fit() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 110)}px`;
}

async function submit(event) {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  if (await send({ channel: channel(), text })) {
    input.value = "";
    fit();
  }
  input.focus();
}

function attach(event) {
  const [file] = event.target.files;
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => {
    const base64 = reader.result.slice(reader.result.indexOf(",") + 1);
    const media = { filename: file.name, mime_type: file.type || "application/pdf", base64 };
    send({ channel: channel(), text: input.value.trim(), media });
    event.target.value = "";
  };
  reader.readAsDataURL(file);
}

find(".composer").addEventListener("submit", submit);
find("[data-testid=reply-file]").addEventListener("change", attach);
input.addEventListener("input", fit);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
});
for (const chip of document.querySelectorAll("[data-testid=chip]")) {
  chip.addEventListener("click", () => send({ channel: channel(), text: chip.textContent }));
}
for (const radio of document.querySelectorAll("[name=channel]")) {
  radio.addEventListener("change", () => {
    chosenChannel = true;
    choose(radio.value);
  });
}

// Settings, tabs, clock

for (const box of document.querySelectorAll("[data-setting]")) {
  box.addEventListener("change", () => {
    const name = box.dataset.setting;
    const change = name === "offline" ? { online: !box.checked } : { [name]: box.checked };
    postJson(`${base}/settings`, change);
  });
}
for (const tab of document.querySelectorAll("[data-show]")) {
  tab.addEventListener("click", () => {
    place.dataset.only = tab.dataset.show;
    for (const other of document.querySelectorAll("[data-show]")) {
      other.setAttribute("aria-pressed", String(other === tab));
    }
    place.scrollTop = place.scrollHeight;
  });
}
function tick() {
  find("[data-clock]").textContent = hour(Date.now() / 1000);
}
setInterval(tick, 10000);
tick();
if (matchMedia("(max-width: 1180px)").matches) find(".panel details").open = false;

showList(find(".side [data-list]"), number);
const update = follow(`${base}/events`, refresh);
document.addEventListener("visibilitychange", update);
