/** The panels of the page without a server, each imported when the page begins. */

/** @type {Record<string, () => Promise<any>>} by the path of their markup */
export const PANELS = {
  "page/bar": () => import("../page/bar.js"),
  "page/pad": () => import("../page/pad.js"),
  "kernels/loupe/loupe": () => import("../kernels/loupe/loupe.js"),
  "kernels/bench/bench": () => import("../kernels/bench/bench.js"),
  "kernels/chain": () => import("../kernels/chain.js"),
  "kernels/channels": () => import("../kernels/channels.js"),
  "kernels/shift": () => import("../kernels/shift.js"),
  "kernels/transposed/transposed": () => import("../kernels/transposed/transposed.js"),
  "reconstructions/machine/machine": () => import("../reconstructions/machine/machine.js"),
  "reconstructions/between": () => import("../reconstructions/between.js"),
  "latent/map/map": () => import("../latent/map/map.js"),
  "latent/beside/chosen": () => import("../latent/beside/chosen.js"),
  "latent/beside/group": () => import("../latent/beside/group.js"),
  "latent/beside/trust": () => import("../latent/beside/trust.js"),
  "latent/beside/walk": () => import("../latent/beside/walk.js"),
  "latent/canvas": () => import("../latent/canvas.js"),
  "latent/perturb/traversals": () => import("../latent/perturb/traversals.js"),
  "latent/perturb/pad": () => import("../latent/perturb/pad.js"),
  "latent/perturb/history": () => import("../latent/perturb/history.js"),
  "lesson/lesson": () => import("../lesson/lesson.js"),
  "lesson/guide": () => import("../lesson/guide.js"),
};
