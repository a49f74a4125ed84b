// The modules rather than the package's entry points, which pull in replacements for what QuickJS has itself.
import "core-js-pure/modules/web.url.js";
import "core-js-pure/modules/web.url.can-parse.js";
import "core-js-pure/modules/web.url.parse.js";
import "core-js-pure/modules/web.url.to-json.js";
import "core-js-pure/modules/web.url-search-params.js";
import "core-js-pure/modules/web.url-search-params.delete.js";
import "core-js-pure/modules/web.url-search-params.has.js";
import "core-js-pure/modules/web.url-search-params.size.js";
import { URL, URLSearchParams } from "core-js-pure/internals/path.js";
import { named } from "./named.mjs";

export default named({ URL, URLSearchParams });
