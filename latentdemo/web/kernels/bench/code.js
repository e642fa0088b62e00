/** The bench's result in PyTorch, ready to run; "image.png" is what the visitor sees as input, in colour. */

import { shared } from "../../core/shared.js";

/** @typedef {import("../../pixels/arithmetic.js").Plane} Plane */

/** @type {Record<string, string>} what torch calls what stands outside */
const MODES = { zero: "constant", reflect: "reflect", replicate: "replicate" };

/** @param {Plane} plane */
function listed({ height, width, values }) {
  const row = (/** @type {number} */ i) => [...values.slice(i * width, (i + 1) * width)].map(v => +v.toPrecision(9));
  return `[${Array.from({ length: height }, (_, i) => `[${row(i).join(", ")}]`).join(", ")}]`;
}

/**
 * @param {Plane[]} input
 * @param {number} unit
 */
function photograph(input, unit) {
  const read = 'rgb = np.asarray(Image.open("image.png").convert("RGB")).astype(int)  # (H, W, 3), 0 … 255';
  const grey = `image = ((rgb @ (${shared.luma.join(", ")}) + 500) // 1000)[None]  # (1, H, W), grey`;
  const colour = "image = rgb.transpose(2, 0, 1)  # (3, H, W)";
  return [read, input.length === 1 ? grey : colour, unit === 1 && "image = image / 255"];
}

/**
 * @param {Plane[]} input
 * @param {Plane} kernel before it is divided
 * @param {number} divisor
 * @param {import("./settings.js").Asked} asked
 * @param {boolean} isGrid
 */
export function code(input, kernel, divisor, { stride, padding, dilation, outside, bias, unit }, isGrid) {
  const divided = divisor === 1 ? "" : ` / ${divisor}`;
  const pad = `x = F.pad(x, (${Array(4).fill(padding).join(", ")}), mode="${MODES[outside]}")`;
  const lines = [
    "import numpy as np",
    "import torch",
    "import torch.nn.functional as F",
    "from PIL import Image",
    "",
    ...(isGrid ? [`image = np.array(${listed(input[0])})[None]  # (1, H, W)`] : photograph(input, unit)),
    `kernel = torch.tensor(${listed(kernel)}, dtype=torch.float32)${divided}`,
    "x = torch.tensor(image, dtype=torch.float32)[:, None]  # each channel on its own",
    padding > 0 && pad,
    `out = F.conv2d(x, kernel[None, None], stride=${stride}, dilation=${dilation})[:, 0]${bias ? ` + ${bias}` : ""}`,
    "print(tuple(out.shape), out.min().item(), out.max().item())",
  ];
  return lines.filter(line => line !== false).join("\n");
}
