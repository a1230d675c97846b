/**
 * Our side of the comparison with peers: a server that prepares operations and times their calls.
 * {@code benchmarks/peers} has the driver and the other side.
 */
@NullMarked
package io.tritter.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
