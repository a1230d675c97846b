/** JMH pairs: every operation of the kernels on each backend, at the same shapes. */
@NullMarked
package io.tritter.benchmarks;

import org.jspecify.annotations.NullMarked;
