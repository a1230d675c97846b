/** The command line: the root command, and the commands that need no Python. */
@NullMarked
package io.tritter.cli;

import org.jspecify.annotations.NullMarked;
