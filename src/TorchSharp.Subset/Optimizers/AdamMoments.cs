using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A state that holds <see cref="OptimizerState.AdamMoments"/>.</summary>
internal interface IAdamState
{
    OptimizerState.AdamMoments Moments { get; }
}

public abstract partial class OptimizerState
{
    /// <summary>
    /// The fields of a state of Adam or of AdamW, by reference. The two are public types with fields of their own, as TorchSharp has them; all that is
    /// done with the fields is done here.
    /// </summary>
    internal readonly ref struct AdamMoments
    {
        private readonly Parameter _parameter;
        private readonly ref long _step;
        private readonly ref Tensor _first;
        private readonly ref Tensor _second;
        private readonly ref Tensor? _maximum;

        /// <summary>Refers to the fields.</summary>
        /// <param name="parameter">The parameter that is stepped.</param>
        /// <param name="step">Steps taken.</param>
        /// <param name="first">Mean of the gradients.</param>
        /// <param name="second">Mean of their squares.</param>
        /// <param name="maximum">Largest <paramref name="second"/> so far; null without amsgrad.</param>
        public AdamMoments(Parameter parameter, ref long step, ref Tensor first, ref Tensor second, ref Tensor? maximum)
        {
            _parameter = parameter;
            _step = ref step;
            _first = ref first;
            _second = ref second;
            _maximum = ref maximum;
        }

        public ref long Step => ref _step;

        public Tensor First => _first;

        public Tensor Second => _second;

        public Tensor? Maximum => _maximum;

        public void Initialize(bool amsgrad)
        {
            Dispose();
            _step = 0;
            using (no_grad())
            {
                _first = zeros_like(_parameter).DetachFromDisposeScope();
                _second = zeros_like(_parameter).DetachFromDisposeScope();
                _maximum = amsgrad ? zeros_like(_parameter).DetachFromDisposeScope() : null;
            }
        }

        public void To(Device device)
        {
            Move(ref _first!, device);
            Move(ref _second!, device);
            Move(ref _maximum, device);
        }

        public void Save(BinaryWriter writer)
        {
            writer.Write(_step);
            _first.Save(writer);
            _second.Save(writer);
            SaveConditionalStateTensor(writer, _maximum);
        }

        public void Load(BinaryReader reader)
        {
            _step = reader.ReadInt64();
            _first.Load(reader);
            _second.Load(reader);
            LoadConditionalStateTensor(reader, ref _maximum, _parameter.device);
        }

        /// <summary>Takes copies of another's.</summary>
        public void CopyFrom(AdamMoments other)
        {
            _step = other._step;
            Replace(ref _first!, other._first, _parameter.device);
            Replace(ref _second!, other._second, _parameter.device);
            Replace(ref _maximum, other._maximum, _parameter.device);
        }

        public bool ApproximatelyEquals(AdamMoments other) =>
            _step == other._step && _first.allclose(other._first) && _second.allclose(other._second)
            && (_maximum is null || (other._maximum is not null && _maximum.allclose(other._maximum)));

        public void Dispose()
        {
            _first?.Dispose();
            _second?.Dispose();
            _maximum?.Dispose();
        }
    }
}
