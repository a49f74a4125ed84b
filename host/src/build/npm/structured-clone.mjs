import structuredClone from "core-js-pure/actual/structured-clone";

export default { structuredClone };
