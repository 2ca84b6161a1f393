// Small helpers. Text from outside only ever enters the page as text nodes.

const SVG = "http://www.w3.org/2000/svg";
const URL_IN_TEXT = /https?:\/\/[^\s<>"']+/g;
const TRAILING = /[.,;:!?)\]»”]+$/;

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/phone/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function isWebAddress(text) {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

export function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(URL_IN_TEXT)) {
    const address = match[0].replace(TRAILING, "");
    if (!isWebAddress(address)) continue;
    parts.push(text.slice(from, match.index), outgoing(address, address));
    from = match.index + address.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

export function outgoing(address, label, attributes = {}) {
  return element(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes },
    label,
  );
}

export function initials(name) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  const letters = words.filter((word) => /\p{L}/u.test(word));
  if (!letters.length) return name.replace(/\D/g, "").slice(-2) || "·";
  return letters.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
}

export function paintAvatar(node, name, key) {
  let sum = 7;
  for (const character of key) sum = Math.imul(sum ^ character.codePointAt(0), 16777619);
  node.textContent = initials(name);
  node.dataset.tone = String(((sum >>> 16) ^ sum) & 7);
}

export function hour(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("es-MX", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}

export function day(seconds) {
  const then = new Date(seconds * 1000);
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(new Date()) - midnight(then)) / 86400000);
  if (days === 0) return "Hoy";
  if (days === 1) return "Ayer";
  return then.toLocaleDateString("es-MX", { day: "numeric", month: "long", year: "numeric" });
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

export async function postJson(path, body = {}) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `HTTP ${response.status}`);
  return answer;
}

// Calls `refresh` now and after each change; never two at once, none lost.
export function follow(path, refresh) {
  let running = false;
  let again = false;
  const run = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await refresh();
      } while (again);
    } catch (error) {
      console.warn("No se pudo actualizar:", error.message);
    } finally {
      running = false;
    }
  };
  new EventSource(path).onmessage = run;
  run();
  return run;
}
