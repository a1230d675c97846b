package io.tritter.bridge;

import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * Whether calls that take a path may open it: every call that does asks here, so that the bridge is
 * no way around a sandbox.
 */
record FileAccess(boolean allowed) {

  /**
   * The path that Python named.
   *
   * @throws AccessDeniedException in a sandbox; a PermissionError in Python
   */
  Path path(String name) throws AccessDeniedException {
    return Path.of(pattern(name));
  }

  /**
   * The same for what may be a pattern that stands for several files.
   *
   * @throws AccessDeniedException in a sandbox; a PermissionError in Python
   */
  String pattern(String name) throws AccessDeniedException {
    if (!allowed) {
      throw new AccessDeniedException(name, null, "a sandboxed script has no files");
    }
    return name;
  }
}
