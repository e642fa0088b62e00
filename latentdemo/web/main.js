/** The page's only script tag. Panels are imported by their own addresses when they are first opened. */

import { keepAccessible, walkTabs } from "./page/access.js";
import { holdReceipts } from "./page/receipts.js";

holdReceipts();
keepAccessible();
walkTabs();
