// The module rather than the package's entry point, which pulls in replacements for what QuickJS has itself.
import "core-js-pure/modules/web.structured-clone.js";
import { structuredClone } from "core-js-pure/internals/path.js";
import { named } from "./named.mjs";

export default named({ structuredClone });
