import { showList } from "./list_view.js";

showList(document.querySelector("[data-list]"));
