// The bench's result in PyTorch, ready to run; "image.png" is what the visitor sees as input, in colour.
"use strict";
latentdemo.benchCode = (input, kernel, divisor, {stride, padding, dilation, outside, bias, unit}, isGrid) => {
  const MODES = {zero: "constant", reflect: "reflect", replicate: "replicate"};
  const rows = values => `[${Array.from({length: values.height}, (_, i) =>
    `[${[...values.values.slice(i * values.width, (i + 1) * values.width)].map(value => +value.toPrecision(9)).join(", ")}]`).join(", ")}]`;
  const lines = ["import numpy as np", "import torch", "import torch.nn.functional as F", "from PIL import Image", ""];
  if (isGrid) lines.push(`image = np.array(${rows(input[0])})[None]  # (1, H, W)`);
  else {
    lines.push('rgb = np.asarray(Image.open("image.png").convert("RGB")).astype(int)  # (H, W, 3), 0 … 255');
    lines.push(input.length === 1 ? "image = ((rgb @ (299, 587, 114) + 500) // 1000)[None]  # (1, H, W), grey" : "image = rgb.transpose(2, 0, 1)  # (3, H, W)");
    if (unit === 1) lines.push("image = image / 255");
  }
  lines.push(`kernel = torch.tensor(${rows(kernel)}, dtype=torch.float32)${divisor === 1 ? "" : ` / ${divisor}`}`);
  lines.push("x = torch.tensor(image, dtype=torch.float32)[:, None]  # each channel on its own");
  if (padding) lines.push(`x = F.pad(x, (${Array(4).fill(padding).join(", ")}), mode="${MODES[outside]}")`);
  lines.push(`out = F.conv2d(x, kernel[None, None], stride=${stride}, dilation=${dilation})[:, 0]${bias ? ` + ${bias}` : ""}`);
  lines.push("print(tuple(out.shape), out.min().item(), out.max().item())");
  return lines.join("\n");
};
