using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, Singles(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(Singles(i1, i2));
            set => index_put_(value, Singles(i1, i2));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(Singles(i1, i2, i3));
            set => index_put_(value, Singles(i1, i2, i3));
        }

        public Tensor index(params TensorIndex[] indices)
        {
            (Tensor view, Tensor?[] tensors) = View(indices);
            if (tensors.Length == 0) return view;
            try
            {
                return Aten.Call("index.Tensor", view, Value.Optional(tensors));
            }
            finally
            {
                view.Dispose();
            }
        }

        public Tensor index(params Tensor[] indices) => index(Tensors(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Tensors(indices), false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Tensors(indices), accumulate);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            (Tensor view, Tensor?[] tensors) = View(indices);
            using (view)
            {
                if (tensors.Length > 0) Aten.InPlace("index_put_", view, Value.Optional(tensors), value, accumulate);
                else if (accumulate) throw new ArgumentException("To accumulate, the indices must be tensors.", nameof(indices));
                else Assign(view, value);
            }
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            (Tensor view, Tensor?[] tensors) = View(indices);
            using (view)
            {
                if (tensors.Length == 0)
                {
                    view.fill_(value);
                    return this;
                }
                using Tensor filler = Aten.Call("scalar_tensor", value, dtype, Value.None, device);
                Aten.InPlace("index_put_", view, Value.Optional(tensors), filler);
            }
            return this;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Tensors(indices));

        /// <summary>Leading dimensions of length one that the value has over the view are dropped, as torch does.</summary>
        private static void Assign(Tensor view, Tensor value)
        {
            Tensor source = value;
            long extra = value.ndim - view.ndim;
            if (extra > 0 && value.shape.Take((int)extra).All(length => length == 1)) source = value.reshape(value.shape[(int)extra..]);
            view.copy_(source);
            if (!ReferenceEquals(source, value)) source.Dispose();
        }

        private static TensorIndex[] Singles(params long[] indices) => Array.ConvertAll(indices, i => TensorIndex.Single(i));

        private static TensorIndex[] Tensors(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        /// <summary>
        /// Applies the positions, ranges and new dimensions, and collects the tensors: one entry a dimension of the view, null where
        /// it is taken whole; none when no tensor is among the indices.
        /// </summary>
        private (Tensor View, Tensor?[] Tensors) View(TensorIndex[] indices)
        {
            Tensor view = Alias();
            var tensors = new List<Tensor?>();
            int dimension = 0;
            int slot = 0; // a mask over several dimensions is one entry of the list
            long consumed = indices.Sum(Consumes);
            if (consumed > ndim)
            {
                view.Dispose();
                throw new ArgumentException($"too many indices for tensor of dimension {ndim}");
            }
            foreach (TensorIndex entry in indices)
            {
                switch (entry.Which)
                {
                    case TensorIndex.Kind.Single:
                        Replace(ref view, view.select(dimension, entry.Start ?? 0));
                        break;
                    case TensorIndex.Kind.Slice:
                        if (entry.Start is not null || entry.Stop is not null || entry.Step is not null)
                            Replace(ref view, Aten.Call("slice.Tensor", view, dimension, entry.Start, entry.Stop, entry.Step ?? 1));
                        dimension++;
                        slot++;
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dimension += (int)(ndim - consumed);
                        slot += (int)(ndim - consumed);
                        break;
                    case TensorIndex.Kind.None or TensorIndex.Kind.Null:
                        Replace(ref view, view.unsqueeze(dimension));
                        dimension++;
                        slot++;
                        break;
                    case TensorIndex.Kind.Bool:
                        Replace(ref view, view.unsqueeze(dimension));
                        Place(tensors, ref dimension, ref slot, tensor(new long[entry.Start == 1 ? 1 : 0], device: device));
                        break;
                    default:
                        Tensor index = entry.Of!;
                        if (index.ndim > 0) Place(tensors, ref dimension, ref slot, index);
                        else if (index.dtype == ScalarType.Bool)
                        {
                            Replace(ref view, view.unsqueeze(dimension));
                            Place(tensors, ref dimension, ref slot, tensor(new long[index.ToBoolean() ? 1 : 0], device: device));
                        }
                        else Replace(ref view, view.select(dimension, index.ToInt64()));
                        break;
                }
            }
            return (view, [.. tensors]);
        }

        private static long Consumes(TensorIndex entry) => entry.Which switch
        {
            TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
            TensorIndex.Kind.Tensor when entry.Of!.dtype is ScalarType.Bool or ScalarType.Byte => entry.Of.ndim,
            TensorIndex.Kind.Tensor => 1,
            _ => 0,
        };

        private static void Place(List<Tensor?> tensors, ref int dimension, ref int slot, Tensor index)
        {
            while (tensors.Count < slot) tensors.Add(null);
            tensors.Add(index);
            slot++;
            dimension += index.dtype is ScalarType.Bool or ScalarType.Byte ? (int)index.ndim : 1;
        }

        private static void Replace(ref Tensor view, Tensor next)
        {
            view.Dispose();
            view = next;
        }
    }
}
