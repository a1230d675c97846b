/** BitNet. */
@org.jspecify.annotations.NullMarked
package io.tritter.bitnet;
