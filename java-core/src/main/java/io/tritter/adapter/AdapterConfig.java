package io.tritter.adapter;

/** What kind of adapter a model gets; the components are the fields of Hugging Face PEFT. */
public sealed interface AdapterConfig permits LinearAdapterConfig, SoftPromptConfig {}
