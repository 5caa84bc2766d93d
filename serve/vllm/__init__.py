"""vLLM: the shipped checkpoint as a model of vLLM's (plugin.py, network.py, inputs.py), and the service's engine on top of it (engine.py).

Importing this package imports neither vLLM nor torch.
"""
