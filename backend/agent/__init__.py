"""The agent at run time: ONNX Runtime, numpy and a tokenizer; nothing of the training code."""
