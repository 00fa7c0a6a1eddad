using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor clone() => Aten.Call("clone", this);
        public Tensor contiguous() => is_contiguous() ? Alias() : Aten.Call("contiguous", this);
        public Tensor detach() => Aten.Call("detach", this);
        public Tensor alias() => Aten.Call("alias", this);
        public Tensor pin_memory() => Aten.Call("pin_memory", this);
        public bool is_pinned() => Aten.CallBool("is_pinned", this);

        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            LikeThis("zeros_like", dtype, device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            LikeThis("ones_like", dtype, device, requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            LikeThis("empty_like", dtype, device, requires_grad);

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            LikeThis("rand_like", dtype, device, requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            LikeThis("randn_like", dtype, device, requires_grad);

        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.Call("full_like", this, value, dtype, Value.None, device).requires_grad_(requires_grad);

        public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            New("new_zeros", size, dtype, device, requires_grad);

        public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            New("new_empty", size, dtype, device, requires_grad);

        public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.Call("new_full", this, size, value, dtype, Value.None, device).requires_grad_(requires_grad);

        
        private Tensor LikeThis(string op, ScalarType? type, Device? device, bool requiresGrad) =>
            Aten.Call(op, this, type, Value.None, device).requires_grad_(requiresGrad);
        
        private Tensor New(string op, long[] size, ScalarType? type, Device? device, bool requiresGrad) =>
            Aten.Call(op, this, size, type, Value.None, device).requires_grad_(requiresGrad);
    }
}
