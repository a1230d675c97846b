package io.tritter.jupyter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A message of the Jupyter protocol.
 *
 * @param route the frames that say who sent it or shall get it
 * @param parent the header of the message that caused this one; an empty object for none
 */
record Message(List<byte[]> route, JsonNode header, JsonNode parent, JsonNode content) {
  String type() {
    return header.path("msg_type").asText();
  }
}
