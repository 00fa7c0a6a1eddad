using System.Diagnostics.CodeAnalysis;
using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A table of vectors, looked up by integer.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _paddingIndex;
        private readonly bool _scaleGrad;
        private readonly bool _sparse;

        [ComponentName(Name = nameof(weight))]
        private Parameter? _weight;

        internal Embedding(
            long num_embeddings, long embedding_dims, long? padding_idx, bool scale_grad_by_freq, bool sparse, Device? device,
            ScalarType? dtype)
            : base(nameof(Embedding))
        {
            _paddingIndex = padding_idx ?? -1;
            _scaleGrad = scale_grad_by_freq;
            _sparse = sparse;
            weight = empty([num_embeddings, embedding_dims], dtype, device).AsParameter();
            nn.init.normal_(weight);
            if (padding_idx is not { } index) return;
            using (no_grad())
            using (Tensor row = weight.select(0, index)) row.zero_();
        }

        [DisallowNull]
        public Parameter? weight
        {
            get => _weight;
            set
            {
                if (_weight is { IsInvalid: false } && value.Handle == _weight.Handle) return;
                _weight?.Dispose();
                _weight = (Parameter)value.DetachFromDisposeScope();
                ConditionallyRegisterParameter(nameof(weight), _weight);
            }
        }

        public override Tensor forward(Tensor input) => Aten.Call("embedding", weight, input, _paddingIndex, _scaleGrad, _sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null) throw new NotSupportedException("An embedding with a largest norm is not part of this subset.");
                return new(num_embeddings, embedding_dims, padding_idx, scale_grad_by_freq, sparse, device, dtype);
            }
        }
    }
}
