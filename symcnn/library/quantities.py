"""What quantities are called, in English and in Chinese."""

from __future__ import annotations

QUANTITIES: dict[str, tuple[str, str]] = {
    "output": ("output shape", "输出形状"),
    "shape": ("output shape", "输出形状"),
    "size": ("output size", "输出尺寸"),
    "channels": ("channels", "通道数"),
    "height": ("height", "高度"),
    "width": ("width", "宽度"),
    "depth": ("depth", "深度"),
    "length": ("length", "长度"),
    "params": ("parameters", "参数量"),
    "weights": ("weights", "权重数"),
    "biases": ("biases", "偏置数"),
    "buffers": ("buffers", "缓冲量"),
    "macs": ("MACs", "乘加次数（MACs）"),
    "flops": ("FLOPs", "浮点运算次数（FLOPs）"),
    "activations": ("activations", "激活值数"),
    "neurons": ("neurons", "神经元数"),
    "connections": ("connections", "连接数"),
    "weight_layers": ("weight layers", "带权重的层数"),
    "nonlinearities": ("nonlinearities", "非线性层数"),
    "receptive_field": ("receptive field", "感受野"),
    "jump": ("jump", "步距"),
    "centre": ("centre", "中心"),
}
