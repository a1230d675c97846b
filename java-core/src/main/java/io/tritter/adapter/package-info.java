/**
 * Adapters: small trained changes to the frozen matrices of a model, as Hugging Face PEFT has them.
 */
@NullMarked
package io.tritter.adapter;

import org.jspecify.annotations.NullMarked;
