"""What is seen: arrays and numbers come in, colours, pictures and charts as HTML go out; no torch, no gradio."""
