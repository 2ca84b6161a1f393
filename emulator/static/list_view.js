// The list of phones, on its own page and beside a conversation.

import { day, element, follow, getJson, hour, icon, paintAvatar } from "./dom.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function moment(seconds) {
  if (!seconds) return "";
  const label = day(seconds);
  return label === "Hoy" ? hour(seconds) : label;
}

function row(phone, current) {
  const name = phone.name || phone.pretty;
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" });
  paintAvatar(avatar, name, phone.number);
  const snippet = phone.snippet || "Sin mensajes todavía";
  return element(
    "a",
    {
      class: "row",
      href: `/phone/${phone.number}`,
      "data-testid": "phone-row",
      "data-number": phone.number,
      "aria-current": phone.number === current ? "page" : false,
    },
    avatar,
    element(
      "span",
      { class: "row-main" },
      element("span", { class: "row-name" }, name),
      phone.name ? element("span", { class: "row-number" }, phone.pretty) : "",
      element(
        "span",
        { class: "row-snippet" },
        phone.channel ? element("span", { class: `mark ${phone.channel}` },
          phone.channel === "sms" ? "SMS" : "WhatsApp") : "",
        (phone.own ? "Tú: " : "") + snippet,
      ),
    ),
    element(
      "span",
      { class: "row-side" },
      element("time", {}, moment(phone.at)),
      phone.online ? "" : icon("plane", "off"),
      phone.unread ? element("span", { class: "unread", "aria-label": "sin leer" },
        String(phone.unread)) : "",
    ),
  );
}

function emptyState() {
  return element(
    "div",
    { class: "empty" },
    element("p", {}, "Todavía no hay teléfonos."),
    element("p", {}, "Cuando se envíe el primer recordatorio, el teléfono del cliente aparecerá aquí."),
  );
}

export function showList(place, current = "") {
  const input = element("input", {
    type: "search",
    placeholder: "Buscar por nombre o número",
    "aria-label": "Buscar por nombre o número",
  });
  const search = element("label", { class: "search" }, icon("search"), input);
  const rows = element("div", { class: "rows" });
  place.replaceChildren(search, rows);
  let phones = [];
  let more = 0;

  function draw() {
    const wanted = fold(input.value);
    const found = phones.filter((phone) =>
      fold(`${phone.name} ${phone.pretty} ${phone.number} ${phone.snippet}`).includes(wanted));
    if (!phones.length) rows.replaceChildren(emptyState());
    else if (!found.length) rows.replaceChildren(element("p", { class: "empty" }, "Nada coincide con la búsqueda."));
    else rows.replaceChildren(...found.map((phone) => row(phone, current)));
    if (more) rows.append(element("p", { class: "empty" }, `Y ${more} teléfonos más.`));
  }

  input.addEventListener("input", draw);
  follow("/phone/events", async () => {
    ({ phones, more } = await getJson("/phone/list.json"));
    draw();
  });
}
