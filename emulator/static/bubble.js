// One message of a conversation, drawn as a bubble.

import {
  element, fileSize, hour, icon, isWebAddress, outgoing, withLinks,
} from "./dom.js";

const STATUS = {
  accepted: "Aceptado, aún no llega al teléfono",
  queued: "En cola, aún no llega al teléfono",
  sent: "Enviado, aún no llega al teléfono",
  delivered: "Entregado",
  read: "Leído",
};
const REASONS = {
  30003: "el teléfono está apagado o sin señal",
  30005: "el número no existe",
  30006: "la línea no recibe SMS",
  63003: "este número no tiene WhatsApp",
  63016: "fuera de la ventana de 24 horas",
  63034: "el archivo no se pudo descargar",
  131026: "este número no tiene WhatsApp",
  131047: "fuera de la ventana de 24 horas",
  131053: "el archivo no se pudo descargar",
};
const TICKS = {
  received: ["tick", "", "Enviado"],
  delivered: ["ticks", "", "Entregado a la empresa"],
  read: ["ticks", "seen", "Leído por la empresa"],
};

function sheet(document_) {
  const lines = element("span", { class: "sheet-lines", "aria-hidden": "true" });
  for (const kind of ["title", "", "short", "table", "table", "table", "total"]) {
    lines.append(element("i", { class: kind }));
  }
  const badge = document_.mime_type === "application/pdf" ? "PDF" : "DOC";
  return element(
    "span",
    { class: "sheet" },
    lines,
    element("span", { class: "pdf-badge" }, badge),
  );
}

function details(document_) {
  const pages = document_.pages;
  const parts = [];
  if (pages) parts.push(pages === 1 ? "1 página" : `${pages} páginas`);
  parts.push(document_.mime_type === "application/pdf" ? "PDF" : document_.mime_type);
  parts.push(fileSize(document_.size));
  return parts.join(" · ");
}

function documentCard(document_) {
  const attributes = {
    class: "document",
    href: document_.href,
    target: "_blank",
    rel: "noopener",
    "data-testid": "document",
    title: `Abrir ${document_.filename}`,
  };
  if (document_.mime_type.startsWith("image/")) {
    const picture = element("img", { src: document_.href, alt: document_.filename, loading: "lazy" });
    return element("a", { ...attributes, class: "document picture" }, picture);
  }
  return element(
    "a",
    attributes,
    sheet(document_),
    element(
      "span",
      { class: "document-line" },
      element("span", { class: "pdf-icon", "aria-hidden": "true" },
        document_.mime_type === "application/pdf" ? "PDF" : "DOC"),
      element(
        "span",
        { class: "document-text" },
        element("b", {}, document_.filename),
        element("small", {}, details(document_)),
      ),
    ),
  );
}

function button(message, one, actions) {
  const label = element("span", {}, one.text);
  if (one.type === "url" && isWebAddress(one.url)) {
    const link = outgoing(one.url, "", { class: "button", "data-testid": "url-button", title: one.url });
    link.replaceChildren(icon("link"), label);
    return link;
  }
  if (one.type === "phone_number") {
    return element("span", { class: "button plain" }, icon("call"), label);
  }
  const answer = element(
    "button",
    { type: "button", class: "button", "data-testid": "quick-reply", "data-payload": one.payload },
    icon("answer"),
    label,
  );
  answer.addEventListener("click", () => actions.press(message, one));
  return answer;
}

function statusLine(message) {
  if (message.error) {
    const code = message.error.split(" ")[0];
    const text = REASONS[code] ? `${REASONS[code]} (${code})` : message.error;
    return element("p", { class: "state failed" }, icon("warning"), `No entregado: ${text}`);
  }
  return element("p", { class: "state" }, STATUS[message.status] || "");
}

function meta(message) {
  const line = element("span", { class: "meta" }, element("time", {}, hour(message.at)));
  const ticks = TICKS[message.status];
  if (message.direction === "in" && ticks && message.channel === "whatsapp") {
    const drawn = icon(ticks[0], `ticks ${ticks[1]}`.trim());
    drawn.removeAttribute("aria-hidden");
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", ticks[2]);
    line.append(drawn);
  }
  return line;
}

function quote(message) {
  if (!message.quoted) return "";
  return element(
    "div",
    { class: "quote" },
    element("b", {}, message.quoted.own ? "Tú" : message.business.name),
    element("span", {}, message.quoted.text),
  );
}

export function bubble(message, actions, showSender) {
  const own = message.direction === "in";
  const box = element(
    "div",
    { class: "bubble" },
    showSender && !own ? element("b", { class: "sender" }, message.business.name) : "",
    quote(message),
    ...message.documents.map(documentCard),
    message.broken_link ? element("p", { class: "state failed" }, icon("warning"), "El archivo no se pudo descargar") : "",
    message.title ? element("p", { class: "title" }, ...withLinks(message.title)) : "",
    message.text ? element("p", { class: "text", "data-testid": "text" }, ...withLinks(message.text)) : "",
    message.footer ? element("p", { class: "footer" }, message.footer) : "",
    meta(message),
  );
  const attributes = {
    class: "message",
    "data-testid": "message",
    "data-id": message.id,
    "data-channel": message.channel,
    "data-direction": message.direction,
    "data-status": message.status,
  };
  const node = element("article", attributes, box);
  if (message.buttons.length) {
    const drawn = message.buttons.map((one) => button(message, one, actions));
    node.append(element("div", { class: "buttons" }, ...drawn));
  }
  if (message.direction === "out") node.append(statusLine(message));
  return node;
}
