package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One object of a file.
 *
 * @param fields an object
 * @param at where it begins
 * @param begins whether a document begins with it; only a part of a text may say no
 * @param ends whether a document ends with it
 */
record Row(JsonNode fields, Place at, boolean begins, boolean ends) {
  static Row whole(JsonNode fields, Place at) {
    return new Row(fields, at, true, true);
  }
}
