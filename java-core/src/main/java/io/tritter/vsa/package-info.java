/** Vector symbolic architecture on trits: hypervectors and their algebra. */
@NullMarked
package io.tritter.vsa;

import org.jspecify.annotations.NullMarked;
