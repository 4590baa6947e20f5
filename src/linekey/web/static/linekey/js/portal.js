// Comforts. Every essential action works without them.
import { watchCopies } from "./copy.js";
import { watchDocuments } from "./documents.js";
import { watchEdits } from "./edit.js";
import { watchForms } from "./once.js";
import { watchMenus } from "./menu.js";
import { watchNotices } from "./notice.js";
import { watchPasswords } from "./reveal.js";
import { watchTheme } from "./theme.js";

watchCopies();
watchDocuments();
watchEdits();
watchForms();
watchMenus();
watchNotices();
watchPasswords();
watchTheme();
