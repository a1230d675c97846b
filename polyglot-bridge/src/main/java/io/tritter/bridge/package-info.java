/** Java to Python and back: the GraalPy context and the calls that Python sees. */
@NullMarked
package io.tritter.bridge;

import org.jspecify.annotations.NullMarked;
