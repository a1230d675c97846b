"""A ternary layer, and a small language model that learns a sentence."""

import tritter_accel as ta

# A ternary layer: the weights become -1, 0, +1 times a scale, the activations 8-bit integers.
layer = ta.create_bitlinear([[0.5, -1.5, 0.25, 1.0], [2.0, -0.5, 0.0, 0.75]])
print(layer, layer([[1.0, 2.0, -1.0, 0.5]]).tolist())

# A small ternary language model learns a sentence; the trainer predicts some of the gradients.
ids = list(b"To be, or not to be, that is the question.")
model = ta.Model(hidden_size=64, intermediate_size=128, layers=2, context=64)
optimizer = ta.AdamW(model)
trainer = ta.create_trainer(model.parameter_shapes(), full_steps=8, predict_steps=2)
for _ in range(200):
    if trainer.needs_backward:
        loss = model.loss_and_gradients([ids[:-1]], [ids[1:]])
    result = trainer.step(model.gradients, loss)
    optimizer.step(result["predicted_gradients"], learning_rate=0.003)
print(f"loss {loss:.3f}:", "To be" + model.pack().generate("To be", 37, temperature=0))
