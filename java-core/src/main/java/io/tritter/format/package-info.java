/** Files of tensors: safetensors. A file is hostile until its header has been checked. */
@NullMarked
package io.tritter.format;

import org.jspecify.annotations.NullMarked;
